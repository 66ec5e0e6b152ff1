import * as cookie from "cookie";
import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime";
import utc from "dayjs/plugin/utc";
import { DateTime, Duration, Interval } from "luxon";
import { chunk, cloneDeep, debounce, groupBy, isEqual, merge, template, uniqBy } from "lodash-es";
import PQueue from "p-queue";
import Papa from "papaparse";
import PostalMime from "postal-mime";
import qs from "qs";
import semver from "semver";
import { project } from "../../serve.js";

dayjs.extend(utc);
dayjs.extend(relativeTime);

const cases = {
  dayjs: () => [dayjs.utc(0).add(1, "month").format("dddd, MMMM D, YYYY h:mm A"), dayjs.utc(0).from(dayjs.utc(864e5 * 3))],
  luxon: () => {
    const at = DateTime.fromISO("2024-03-10T01:30:00", { zone: "America/New_York" });
    return [
      at.plus({ hours: 1 }).toISO(),
      at.setZone("Asia/Tokyo").toFormat("yyyy LLL dd HH:mm ZZZZ"),
      at.setLocale("de").toLocaleString(DateTime.DATE_FULL),
      Duration.fromObject({ hours: 25 }).shiftTo("days", "hours").toObject(),
      Interval.fromDateTimes(at, at.plus({ days: 2 })).length("hours"),
    ];
  },
  lodash: () => [
    chunk([1, 2, 3, 4, 5], 2),
    groupBy([1.2, 1.8, 2.1], Math.floor),
    merge({ a: { b: 1 } }, { a: { c: [1] } }),
    isEqual(cloneDeep({ a: new Map([[1, { b: /x/ }]]) }), { a: new Map([[1, { b: /x/ }]]) }),
    uniqBy([{ x: 1 }, { x: 1 }, { x: 2 }], "x"),
  ],
  "lodash-debounce": async () => {
    let calls = 0;
    await new Promise<void>((resolve) => {
      const later = debounce(() => {
        calls++;
        resolve();
      }, 3);
      later();
      later();
    });
    return calls;
  },
  "p-queue": async () => {
    const queue = new PQueue({ concurrency: 2 });
    let running = 0;
    let most = 0;
    const jobs = [1, 2, 3, 4, 5].map((n) => async () => {
      most = Math.max(most, ++running);
      await scheduler.wait(2);
      running--;
      return n * n;
    });
    return [await queue.addAll(jobs), most];
  },
  papaparse: () => Papa.parse('name,age\n"Ada, Countess",36\nBob,x', { header: true, dynamicTyping: true }),
  "papaparse-unparse": () => Papa.unparse([{ a: 1, b: 'x"y' }, { a: null, b: "line\nbreak" }]),
  "postal-mime": async () => {
    const mail = await PostalMime.parse(
      'From: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= <a@b.example>\r\nTo: c@d.example\r\nSubject: hi\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n--x\r\nContent-Type: application/octet-stream; name=f.bin\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=f.bin\r\n\r\nAQID\r\n--x--\r\n',
    );
    return { from: mail.from, to: mail.to, subject: mail.subject, text: mail.text, attachments: mail.attachments };
  },
  qs: () => [qs.parse("a[b][c]=1&a[b][d][]=2&a[b][d][]=3&e=%20"), qs.stringify({ a: { b: [1, 2] }, c: null }, { arrayFormat: "brackets" })],
  cookie: () => {
    const api = cookie as unknown as Record<string, (...args: unknown[]) => unknown>;
    return Object.keys(api).filter((name) => typeof api[name] === "function").sort();
  },
  semver: () => [semver.satisfies("1.2.9", "^1.2.3"), semver.inc("1.2.3", "minor"), semver.sort(["2.0.0", "1.0.0-rc.1", "1.0.0"]), semver.valid("nope")],
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
