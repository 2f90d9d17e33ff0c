/** Who is who in the stand-in's only workspace. */
export const identity = {
  teamId: 'T0STANDIN1',
  teamName: 'Stand-in',
  teamDomain: 'stand-in',
  appId: 'A0STANDIN1',
  botId: 'B0STANDIN1',
  botUserId: 'U0STANDBOT',
  token: 'xoxb-stand-in-bot-token',
  appToken: 'xapp-1-A0STANDIN1-stand-in-app-token',
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
} as const;

/** What the manifest asks for. */
export const defaultScopes: readonly string[] = [
  'chat:write',
  'commands',
  'channels:read',
  'groups:read',
  'channels:history',
  'groups:history',
];
