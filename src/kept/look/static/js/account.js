// Signing up, signing in, settings: forms that work by themselves; passkeys are the one thing that needs a module.
import './page/passkey.js';
