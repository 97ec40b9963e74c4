// A clip's own page: one player at its own controls, and, for its author, the progress.
import './page/comments.js';
import './page/progress.js';
