import { toApiChannel } from './channel-routes.ts';
import type { Gateway } from './gateway.ts';
import type { Route } from './route.ts';
import type { World } from './world.ts';

/** The bot, its application and the one guild it is in; the same in every run. */
export const identity = {
  applicationId: '100200300400500600',
  guildId: '200300400500600700',
  ownerId: '300400500600700800',
  username: 'callboard',
  token: 'MTAwMjAwMzAwNDAwNTAwNjAw.stand-in.bot-token-of-the-loopback-stand-in',
} as const;

const bot = {
  id: identity.applicationId,
  username: identity.username,
  discriminator: '0001',
  global_name: null,
  avatar: null,
  bot: true,
  verified: true,
  mfa_enabled: false,
  flags: 0,
};

/** What READY says about the bot. */
export function readyIdentity(): object {
  return {
    user: bot,
    guilds: [{ id: identity.guildId, unavailable: true }],
    session_type: 'normal',
    shard: [0, 1],
    application: { id: identity.applicationId, flags: 0 },
  };
}

/** What GUILD_CREATE says about the guild. */
export function guildPayload(world: World): object {
  const shown = world
    .channels()
    .filter(({ state }) => state === 'open' || state === 'no_permission')
    .map((channel) => toApiChannel(channel, identity.guildId));
  const everyone = {
    id: identity.guildId,
    name: '@everyone',
    color: 0,
    hoist: false,
    position: 0,
    permissions: '309237730304',
    managed: false,
    mentionable: false,
    flags: 0,
  };
  return {
    id: identity.guildId,
    name: 'Callboard guild',
    owner_id: identity.ownerId,
    joined_at: '2025-01-01T00:00:00.000Z',
    large: false,
    unavailable: false,
    member_count: 2,
    roles: [everyone],
    emojis: [],
    stickers: [],
    features: [],
    members: [
      { user: bot, roles: [], joined_at: '2025-01-01T00:00:00.000Z', deaf: false, mute: false, flags: 0 },
    ],
    channels: shown.filter((channel) => channel['type'] !== 11),
    threads: shown.filter((channel) => channel['type'] === 11),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    afk_timeout: 300,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    preferred_locale: 'en-US',
    premium_tier: 0,
    premium_progress_bar_enabled: false,
    system_channel_flags: 0,
    verification_level: 0,
  };
}

/** Routes that tell who the bot is and where the gateway is. */
export function identityRoutes(gateway: Gateway, publicKey: string): Route[] {
  const application = {
    id: identity.applicationId,
    name: 'Callboard',
    description: '',
    icon: null,
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: publicKey,
    flags: 0,
    bot,
  };
  return [
    shows('GET /users/@me', () => bot),
    shows('GET /applications/@me', () => application),
    shows('GET /oauth2/applications/@me', () => application),
    shows('GET /users/@me/guilds', () => [{ id: identity.guildId, name: 'Callboard guild', owner: false }]),
    shows('GET /gateway/bot', () => gateway.information()),
  ];
}

function shows(name: string, json: () => unknown): Route {
  return { name, auth: 'bot', handle: () => ({ status: 200, json: json() }) };
}
