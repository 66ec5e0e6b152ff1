throw new Error("blank.js must not run");
