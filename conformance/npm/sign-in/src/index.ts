import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { bearer, organization } from "better-auth/plugins";
import { generate, generateURI, verify } from "otplib";
import { encode } from "cborg";
import { dialect } from "../../kysely/src/dialect.js";
import { project } from "../../serve.js";

const text = (value: string) => new TextEncoder().encode(value);
const base64url = (bytes: ArrayBuffer | Uint8Array) => (bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
const joined = (...parts: (Uint8Array | ArrayBuffer)[]) => new Uint8Array(parts.flatMap((part) => [...new Uint8Array(part)]));
const sha256 = async (bytes: Uint8Array) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));

/** A key as a phone has it: registers and signs. */
async function authenticator(rpID: string, origin: string) {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])) as CryptoKeyPair;
  const { x, y } = (await crypto.subtle.exportKey("jwk", publicKey)) as JsonWebKey;
  const coordinate = (part: string) => Uint8Array.fromBase64(part, { alphabet: "base64url" });
  const cose = encode(new Map<number, number | Uint8Array>([[1, 2], [3, -7], [-1, 1], [-2, coordinate(x!)], [-3, coordinate(y!)]]));
  const id = text("credential-1");
  let counter = 0;
  const data = async (flags: number, ...rest: Uint8Array[]) => joined(await sha256(text(rpID)), new Uint8Array([flags, 0, 0, 0, ++counter]), ...rest);
  const client = (type: string, challenge: string) => text(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const common = { id: base64url(id), rawId: base64url(id), type: "public-key" as const, clientExtensionResults: {} };
  return {
    async register(challenge: string) {
      const authData = await data(0x45, new Uint8Array(16), new Uint8Array([0, id.length]), id, cose);
      const attestationObject = base64url(encode({ fmt: "none", attStmt: {}, authData }));
      return { ...common, response: { attestationObject, clientDataJSON: base64url(client("webauthn.create", challenge)) } };
    },
    async sign(challenge: string) {
      const [authenticatorData, clientData] = [await data(0x05), client("webauthn.get", challenge)];
      const signed = joined(authenticatorData, await sha256(clientData));
      const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, signed));
      // Authenticators write the two numbers of a signature in DER.
      const integer = (bytes: Uint8Array) => {
        const start = bytes.findIndex((byte) => byte !== 0);
        const digits = bytes.slice(start);
        const padded = digits[0] & 0x80 ? joined(new Uint8Array([0]), digits) : digits;
        return joined(new Uint8Array([2, padded.length]), padded);
      };
      const numbers = joined(integer(raw.slice(0, 32)), integer(raw.slice(32)));
      const signature = base64url(joined(new Uint8Array([0x30, numbers.length]), numbers));
      return { ...common, response: { authenticatorData: base64url(authenticatorData), clientDataJSON: base64url(clientData), signature } };
    },
  };
}

/** Users, sessions and organizations in the object's own database. */
async function auth(storage: DurableObjectStorage) {
  const options = {
    baseURL: "https://auth.example",
    secret: "a secret of thirty-two characters",
    database: { dialect: dialect(storage), type: "sqlite" as const },
    emailAndPassword: { enabled: true, minPasswordLength: 10 },
    plugins: [bearer(), organization()],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  };
  await (await getMigrations(options)).runMigrations();
  const { api, handler } = betterAuth(options);
  const post = async (path: string, body: object, headers = {}) => {
    const init = { method: "POST", headers: { "content-type": "application/json", origin: "https://auth.example", ...headers }, body: JSON.stringify(body) };
    return handler(new Request(`https://auth.example/api/auth${path}`, init));
  };
  return { api, post };
}

const cases = {
  "sign-up-and-in": async ({ storage }) => {
    const { api, post } = await auth(storage);
    const person = { name: "Ada", email: "ada@example.com", password: "correct horse" };
    const signedUp = await post("/sign-up/email", person);
    const again = await post("/sign-up/email", person);
    const wrong = await post("/sign-in/email", { ...person, password: "wrong horse!" });
    const right = await post("/sign-in/email", person);
    const cookie = right.headers.getSetCookie()[0];
    const session = await api.getSession({ headers: new Headers({ cookie: cookie.split(";")[0] }) });
    return [
      signedUp.status,
      [again.status, ((await again.json()) as { code: string }).code],
      [wrong.status, ((await wrong.json()) as { code: string }).code],
      cookie.replace(/=[^;]*/, "=…"),
      session?.user.email,
      storage.sql.exec("SELECT count(*) AS sessions FROM session").one(),
    ];
  },
  "with-a-token": async ({ storage }) => {
    const { api, post } = await auth(storage);
    const signedUp = await post("/sign-up/email", { name: "Bob", email: "bob@example.com", password: "correct horse" });
    const headers = new Headers({ authorization: `Bearer ${signedUp.headers.get("set-auth-token")}` });
    const made = await api.createOrganization({ headers, body: { name: "Friends", slug: "friends" } });
    const out = await post("/sign-out", {}, Object.fromEntries(headers));
    return [made?.slug, made?.members.map((member) => member?.role), out.status, await api.getSession({ headers })];
  },
  "what-is-refused": async ({ storage }) => {
    const { post } = await auth(storage);
    const short = await post("/sign-up/email", { name: "x", email: "x@example.com", password: "short" });
    const elsewhere = await post("/sign-in/email", { email: "x@example.com", password: "xxxxxxxxxxx" }, { origin: "https://evil.example", cookie: "a=b" });
    return [short.status, await short.json(), elsewhere.status, await elsewhere.json()];
  },
  passkeys: async ({ storage }) => {
    const [rpID, origin] = ["app.example", "https://app.example"];
    const phone = await authenticator(rpID, origin);
    const options = await generateRegistrationOptions({ rpName: "App", rpID, userName: "ada", challenge: text("challenge one") });
    const response = await phone.register(options.challenge);
    const { verified, registrationInfo } = await verifyRegistrationResponse({ response, expectedChallenge: options.challenge, expectedOrigin: origin, expectedRPID: rpID });
    await storage.put("credential", registrationInfo!.credential);
    const credential = await storage.get("credential");
    const { challenge } = await generateAuthenticationOptions({ rpID, challenge: text("challenge two") });
    const check = async (answer: Awaited<ReturnType<typeof phone.sign>>) => {
      const result = await verifyAuthenticationResponse({ response: answer, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID, credential });
      return [result.verified, result.authenticationInfo.newCounter];
    };
    const bad = await phone.sign(challenge);
    bad.response.signature = (await phone.sign(challenge)).response.signature;
    return [verified, registrationInfo!.fmt, registrationInfo!.credential.id, await check(await phone.sign(challenge)), (await check(bad))[0], await check(await phone.sign("elsewhere")).catch((error) => String(error.message).slice(0, 40))];
  },
  "one-time-passwords": async () => {
    const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const at = (seconds: number) => generate({ secret, epoch: seconds, digits: 8 } as never);
    return [await at(59), await at(1_111_111_109), generateURI({ issuer: "App", label: "ada", secret }), (await verify({ secret, token: "00000000", digits: 8 } as never)).valid];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
