import { DurableObject } from "cloudflare:workers";
import { CronExpressionParser } from "cron-parser";
import { Cron, CronPattern } from "croner";
import { RRule, RRuleSet, rrulestr } from "rrule";
import { Intl as TemporalIntl, Temporal } from "temporal-polyfill";
import { project } from "../../serve.js";

/** Keeps jobs by their cron patterns and runs what is due by alarms. */
export class Clock extends DurableObject {
  ran = Promise.withResolvers<void>();

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS jobs (name TEXT PRIMARY KEY, cron TEXT, next INTEGER, runs INTEGER DEFAULT 0)");
  }

  async every(name: string, cron: string) {
    const next = new Cron(cron).nextRun()!.getTime();
    this.ctx.storage.sql.exec("INSERT INTO jobs (name, cron, next) VALUES (?, ?, ?)", name, cron, next);
    await this.#wake();
  }

  async alarm() {
    for (const { name, cron } of this.ctx.storage.sql.exec("SELECT name, cron FROM jobs WHERE next <= ?", Date.now()).toArray()) {
      const next = new Cron(cron as string).nextRun()!.getTime();
      this.ctx.storage.sql.exec("UPDATE jobs SET next = ?, runs = runs + 1 WHERE name = ?", next, name);
    }
    this.ran.resolve();
    await this.#wake();
  }

  async afterRun() {
    await this.ran.promise;
    const jobs = this.ctx.storage.sql.exec("SELECT name, runs > 0 AS ran FROM jobs ORDER BY name").toArray();
    const waits = (await this.ctx.storage.getAlarm())! > Date.now();
    await this.ctx.storage.deleteAlarm();
    return [jobs, waits];
  }

  async #wake() {
    const { next } = this.ctx.storage.sql.exec("SELECT min(next) AS next FROM jobs").one();
    await this.ctx.storage.setAlarm(next as number);
  }
}

const iso = (dates: (Date | null)[]) => dates.map((date) => date?.toISOString() ?? null);
const NEW_YEAR = new Date("2024-12-31T23:59:00Z");

const cases = {
  "runs-by-alarms": async ({ env }) => {
    const clock = env.CLOCK.getByName("clock");
    await clock.every("often", "* * * * * *");
    await clock.every("rarely", "0 0 1 1 *");
    return clock.afterRun();
  },
  croner: () => [
    iso(new Cron("0 0 12 * * MON#1", { timezone: "Europe/Vienna" }).nextRuns(3, NEW_YEAR)),
    iso(new Cron("0 0 L * *", { timezone: "UTC" }).nextRuns(3, NEW_YEAR)),
    new Cron("@hourly").getPattern(),
    new CronPattern("*/20 * * * *").minute.filter(Boolean).length,
  ],
  "croner-error": () => new Cron("61 * * * *"),
  "cron-parser": () => {
    const interval = CronExpressionParser.parse("*/15 9-10 * * 1-5", { currentDate: NEW_YEAR, tz: "America/New_York" });
    return [interval.take(4).map((date) => date.toISOString()), interval.prev().toISOString(), interval.stringify()];
  },
  "cron-parser-over-a-change-of-clocks": () =>
    CronExpressionParser.parse("30 2 * * *", { currentDate: "2025-03-29T00:00:00Z", tz: "Europe/Berlin" }).take(3).map((date) => date.toISOString()),
  rrule: () => {
    const rule = new RRule({ freq: RRule.WEEKLY, interval: 2, byweekday: [RRule.MO, RRule.FR], dtstart: new Date(Date.UTC(2025, 0, 1, 10)), count: 5 });
    const set = new RRuleSet();
    set.rrule(rule);
    set.exdate(rule.all()[1]);
    return [rule.toString(), rule.toText(), iso(set.all()), iso([rrulestr("DTSTART:20250101T000000Z\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3").after(NEW_YEAR)])];
  },
  temporal: () => {
    const start = Temporal.ZonedDateTime.from("2025-03-29T12:00[Europe/Vienna]");
    const next = start.add({ days: 1 });
    return [
      next.toString(),
      start.until(next, { largestUnit: "hour" }).toString(),
      Temporal.PlainDate.from({ year: 2024, month: 2, day: 31 }).toString(),
      Temporal.Duration.from("P1Y2M").total({ unit: "day", relativeTo: "2024-01-01" }),
      Temporal.PlainMonthDay.from("02-29").toPlainDate({ year: 2025 }).toString(),
      new TemporalIntl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(Temporal.Instant.from("2025-01-02T03:04:05Z")),
    ];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
