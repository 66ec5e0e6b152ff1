// Each flavour of paths knows both.

import { posix } from "./path_posix.js";
import { win32 } from "./path_win32.js";

posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;

export { posix, win32 };
