// The front: it speaks HTTP, and leaves all that matters to the Worker `accounts`.

export default {
  async fetch(request, env) {
    const path = new URL(request.url).pathname.split("/").slice(1);
    try {
      // /accounts/<name>: the account's own object answers.
      if (request.method === "GET" && path[0] === "accounts" && path.length === 2) {
        return Response.json(await env.ACCOUNT.getByName(path[1]).statement());
      }
      if (request.method === "POST" && path[0] === "accounts" && path[2] === "deposits" && path.length === 3) {
        const { amount } = await request.json();
        return Response.json({ balance: await env.ACCOUNT.getByName(path[1]).deposit(amount) }, { status: 201 });
      }
      // /transfers: two accounts take part, so the other Worker sees to it.
      if (request.method === "POST" && path[0] === "transfers" && path.length === 1) {
        const { from, to, amount } = await request.json();
        return Response.json(await env.TRANSFERS.transfer(from, to, amount), { status: 201 });
      }
    } catch (error) {
      // What the other Worker refuses arrives as the error that it threw.
      if (error instanceof RangeError) return Response.json({ error: error.message }, { status: 409 });
      throw error;
    }
    return Response.json({ error: "not found" }, { status: 404 });
  },
};
