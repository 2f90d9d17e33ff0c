import { toApiChannel } from './channel-routes.ts';
import type { Interaction } from './interactions.ts';
import { toApiMessage } from './message.ts';

/** A person in the guild. */
export type Person = { readonly id: string; readonly name: string };

/** What somebody does: types a command, or presses the button with `press` as its custom id. */
export type Action = {
  readonly user?: Person;
  /** Where; the first channel that was added when absent. */
  readonly channel?: string;
  /** The interaction's id, to deliver the same one twice. */
  readonly id?: string;
} & (
  | {
      readonly command: string;
      readonly group?: string;
      readonly subcommand?: string;
      readonly options?: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly press: string; readonly message: string }
);

type Place = { readonly applicationId: string; readonly guildId: string };
type SentOption = { name: string; type: number; value?: unknown; options?: SentOption[] };

const kinds = { ping: 1, command: 2, component: 3 } as const;
const somebody: Person = { id: '998877665544332211', name: 'Host Two' };

/** The ping that Discord sends to an endpoint to see whether it is alive. */
export function pingPayload(id: string, { applicationId }: Place): object {
  return { id, application_id: applicationId, type: kinds.ping, token: `ping-token-${id}`, version: 1 };
}

/** The interaction as delivered over HTTP and over the gateway alike. */
export function interactionPayload(interaction: Interaction, action: Action, place: Place): object {
  const { id, token, channel, pressed } = interaction;
  return {
    id,
    application_id: place.applicationId,
    token,
    version: 1,
    guild_id: place.guildId,
    guild: { id: place.guildId, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    locale: 'en-US',
    channel_id: channel.id,
    channel: toApiChannel(channel, place.guildId),
    member: memberOf(action.user ?? somebody),
    app_permissions: '309237730304',
    entitlements: [],
    authorizing_integration_owners: { '0': place.guildId },
    context: 0,
    attachment_size_limit: 10_485_760,
    ...('command' in action
      ? { type: kinds.command, data: commandData(action, id, place.guildId) }
      : {
          type: kinds.component,
          data: { id: 2, component_type: 2, custom_id: action.press },
          message: pressed === undefined ? undefined : toApiMessage(pressed, place.applicationId),
        }),
  };
}

function memberOf({ id, name }: Person): object {
  return {
    user: {
      id,
      username: name.toLowerCase().replaceAll(' ', '.'),
      global_name: name,
      discriminator: '0',
      avatar: null,
    },
    nick: null,
    roles: [],
    joined_at: '2025-01-01T00:00:00.000Z',
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    permissions: '2248473465835073',
  };
}

function commandData(action: Extract<Action, { command: string }>, id: string, guildId: string): object {
  let options: SentOption[] = Object.entries(action.options ?? {}).map(([name, value]) => ({
    name,
    type: typeof value === 'string' ? 3 : typeof value === 'boolean' ? 5 : 10,
    value,
  }));
  if (action.subcommand !== undefined) options = [{ name: action.subcommand, type: 1, options }];
  if (action.group !== undefined) options = [{ name: action.group, type: 2, options }];
  return { id, type: 1, name: action.command, guild_id: guildId, options };
}
