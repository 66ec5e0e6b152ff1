import { assertEquals, assertRejects, nextTurn, storageTest } from "holdfast:storage_test";

const NOW = 1_000_000;

storageTest("set, get, delete", async ({ storage, told }) => {
  assertEquals(await storage.getAlarm(), null);
  assertEquals(await storage.setAlarm(4e12 + 0.7), undefined);
  assertEquals(await storage.getAlarm(), 4e12);
  await storage.setAlarm(new Date(5e12));
  assertEquals(await storage.getAlarm({ allowConcurrency: true }), 5e12);
  assertEquals(await storage.deleteAlarm(), undefined);
  assertEquals(await storage.getAlarm(), null);
  await storage.deleteAlarm();
  assertEquals(told(), ["alarm", "alarm", "alarm", "alarm"]);
});

storageTest("times in the past become now", async ({ storage }) => {
  await storage.setAlarm(5);
  assertEquals(await storage.getAlarm(), NOW);
  await storage.setAlarm(NOW + 1);
  assertEquals(await storage.getAlarm(), NOW + 1);
});

storageTest("times out of range", async ({ storage }) => {
  const notDate = "The value cannot be converted because it is not a valid Date.";
  const late = "This API doesn't support dates after 2189.";
  const zero = "setAlarm() cannot be called with an alarm time <= 0";
  const type = "Failed to execute 'setAlarm' on 'DurableObjectStorage': parameter 1 is not of type 'date'.";
  const cases = [
    [0, zero], [-0, zero], [0.5, zero], [-5, zero], [new Date(0), zero],
    [NaN, notDate], [Infinity, notDate], [new Date(NaN), notDate],
    [9_223_372_036_855, late], [8.64e15, late], [1e300, late], [-1e300, "This API doesn't support dates before 1687."],
    [undefined, type], [null, type], ["5", type], [5n, type], [true, type], [{}, type],
  ];
  for (const [time, message] of cases) await assertRejects(storage.setAlarm(time), TypeError, message);
  await storage.setAlarm(9_223_372_036_854);
  assertEquals(await storage.getAlarm(), 9_223_372_036_854);
});

storageTest("options", async ({ storage }) => {
  const message = (method, n, type) =>
    `Failed to execute '${method}' on 'DurableObjectStorage': parameter ${n} is not of type '${type}'.`;
  await assertRejects(storage.setAlarm(5, 5), TypeError, message("setAlarm", 2, "SetAlarmOptions"));
  await assertRejects(storage.getAlarm(5), TypeError, message("getAlarm", 1, "GetAlarmOptions"));
  await assertRejects(storage.deleteAlarm(5), TypeError, message("deleteAlarm", 1, "SetAlarmOptions"));
});

storageTest("the class must have a handler", async ({ storage, setHandler }) => {
  setHandler(false);
  const message = "Your Durable Object class must have an alarm() handler in order to call setAlarm()";
  await assertRejects(storage.setAlarm(5e12), TypeError, message);
  assertEquals(await storage.getAlarm(), null);
  await storage.deleteAlarm();
});

storageTest("the alarm is part of the turn's transaction", async ({ storage }) => {
  await storage.setAlarm(5e12);
  await nextTurn();
  await assertRejects(storage.transaction(async (txn) => {
    await txn.deleteAlarm();
    assertEquals(await storage.getAlarm(), null);
    throw new Error("no");
  }));
  assertEquals(await storage.getAlarm(), 5e12);
});

storageTest("the alarm that runs is hidden until another is set", async ({ storage, ring }) => {
  await storage.setAlarm(5e12);
  await nextTurn();
  ring(5e12);
  assertEquals(await storage.getAlarm(), null);
  await assertRejects(storage.transaction(async (txn) => {
    await txn.setAlarm(6e12);
    assertEquals(await txn.getAlarm(), 6e12);
    throw new Error("no");
  }));
  assertEquals(await storage.getAlarm(), null);
  await storage.transaction(async (txn) => {
    await txn.deleteAlarm();
    txn.rollback();
    assertEquals(await storage.getAlarm(), null);
  });
  let inside;
  try {
    storage.transactionSync(() => {
      storage.setAlarm(7e12);
      storage.transactionSync(() => storage.deleteAlarm());
      throw (inside = new Error("no"));
    });
  } catch (error) {
    assertEquals(error === inside, true);
  }
  assertEquals(await storage.getAlarm(), null);
  storage.transactionSync(() => storage.setAlarm(7e12));
  assertEquals(await storage.getAlarm(), 7e12);
});
