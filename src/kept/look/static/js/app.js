// What every page has: toasts, the bell, layers, times, sharing, and the worker that keeps the shell for when there is no connection.
import './page/toasts.js';
import './page/layers.js';
import { listenForBell } from './page/bell.js';
import { reportFirstOpen } from './page/opening.js';
import { listenForPeeks } from './page/peek.js';
import { listenForShares } from './page/share.js';
import { keepTimes } from './page/times.js';

keepTimes();
listenForPeeks();
listenForShares();
reportFirstOpen();
listenForBell();

if ('serviceWorker' in navigator && window.isSecureContext) {
  addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => undefined));
}
