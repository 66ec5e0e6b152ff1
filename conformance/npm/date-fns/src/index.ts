import { addMonths, differenceInCalendarDays, eachDayOfInterval, format, formatDistance, isValid, parse, parseISO } from "date-fns";
import { de } from "date-fns/locale";
import { project } from "../../serve.js";

const day = new Date(2024, 1, 29, 13, 4, 5);
const cases = {
  format: () => format(day, "EEEE, do MMMM yyyy, HH:mm:ss"),
  locale: () => format(day, "EEEE, d. MMMM", { locale: de }),
  arithmetic: () => [addMonths(day, 12), differenceInCalendarDays(day, new Date(2023, 11, 31))],
  parse: () => [parse("03/04/2025", "dd/MM/yyyy", day), parseISO("2024-02-30"), isValid(parseISO("2024-02-30"))],
  distance: () => formatDistance(day, addMonths(day, 3), { addSuffix: true }),
  interval: () => eachDayOfInterval({ start: day, end: new Date(2024, 2, 3) }).length,
  "bad-format": () => format(day, "YYYY"),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
