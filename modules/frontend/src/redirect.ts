import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

/**
 * Where the sign-in service sends people back to, in the window or, when a sign-in is renewed, in a
 * hidden frame. It hands the answer over to the page. Whoever comes here without one is sent home.
 */
broadcastResponseToMainFrame().catch(() => {
  location.replace('/');
});
