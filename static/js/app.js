import { initAll } from './govuk-frontend.min.js';
import { awaitState } from './awaited.js';
import { followChoice } from './choice.js';
import { offerCopyAndPrint } from './copy-and-print.js';
import { keepDrafts } from './drafts.js';
import { sendOnce } from './once.js';
import { changeRows } from './rows.js';
import { watchSession } from './timeout.js';

initAll();
keepDrafts();
changeRows();
sendOnce(watchSession());
offerCopyAndPrint();
awaitState();
followChoice();
