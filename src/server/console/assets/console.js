// The console's scripts, one concern a module. Pages work as forms and links without them.
import { startAccounts } from "./accounts.js";
import { startCase } from "./case.js";
import { startQueue } from "./queue.js";
import { localTimes } from "./times.js";

localTimes();
if (document.getElementById("case")) startCase();
else if (document.getElementById("queue")) startQueue();
else if (document.getElementById("setup-link")) startAccounts();
