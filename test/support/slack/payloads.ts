import { identity } from './identity.ts';
import type { JsonObject } from './refusal.ts';
import { asObject } from './shape.ts';
import { onTheWire, withBlockIds } from './wire.ts';
import type { Message } from './workspace.ts';

export type CommandRequest = {
  readonly command: string;
  readonly text?: string;
  readonly user?: string;
  readonly channel?: string;
};

export type PressRequest = {
  readonly actionId: string;
  readonly channel: string;
  readonly ts: string;
  readonly user?: string;
  /** What the button carries; needed only for a button that its message no longer shows. */
  readonly value?: string;
  readonly url?: string;
};

export const someUser = 'U0SOMEBODY';
export const someChannel = 'C0SOMEWHERE';

/** The fields of a slash command. */
export function commandPayload(
  request: CommandRequest,
  responseUrl: string,
  triggerId: string,
): Record<string, string> {
  return {
    token: 'legacy-verification-token',
    team_id: identity.teamId,
    team_domain: identity.teamDomain,
    channel_id: request.channel ?? someChannel,
    channel_name: 'stand-in',
    user_id: request.user ?? someUser,
    user_name: 'somebody',
    command: request.command,
    text: request.text ?? '',
    api_app_id: identity.appId,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: triggerId,
  };
}

/** The payload of a press; throws when nobody could press that button. */
export function pressPayload(
  request: PressRequest,
  message: Message | undefined,
  responseUrl: string,
  stamp: { readonly triggerId: string; readonly actionTs: string },
): JsonObject {
  const { channel, ts, actionId } = request;
  const user = request.user ?? someUser;
  return {
    type: 'block_actions',
    user: { id: user, username: 'somebody', name: 'somebody', team_id: identity.teamId },
    api_app_id: identity.appId,
    token: 'legacy-verification-token',
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
    trigger_id: stamp.triggerId,
    team: { id: identity.teamId, domain: identity.teamDomain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel, name: 'stand-in' },
    ...(message === undefined ? {} : { message: onTheWire(message, { withMetadata: true }) }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      { ...pressed(request, message), action_id: actionId, type: 'button', action_ts: stamp.actionTs },
    ],
  };
}

function pressed(request: PressRequest, message: Message | undefined): JsonObject {
  const { value, url, actionId } = request;
  const given = { ...(value === undefined ? {} : { value }), ...(url === undefined ? {} : { url }) };
  for (const block of withBlockIds(message?.blocks ?? [])) {
    const button = buttonsOf(block).find((candidate) => candidate['action_id'] === actionId);
    if (button !== undefined) return { ...button, block_id: block['block_id'], ...given };
  }
  if (Object.keys(given).length === 0) throw new Error(`No button ${actionId} on message ${request.ts}`);
  return { block_id: 'block-of-an-older-version', text: { type: 'plain_text', text: actionId }, ...given };
}

function buttonsOf(block: JsonObject): JsonObject[] {
  const elements: unknown[] = Array.isArray(block['elements']) ? block['elements'] : [];
  return [...elements, block['accessory']].map(asObject).filter((element) => element !== undefined);
}

/** An event of the Events API around `event`. */
export function eventPayload(event: JsonObject, eventId: string, atMs: number): JsonObject {
  return {
    token: 'legacy-verification-token',
    team_id: identity.teamId,
    api_app_id: identity.appId,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(atMs / 1000),
    authorizations: [
      { enterprise_id: null, team_id: identity.teamId, user_id: identity.botUserId, is_bot: true },
    ],
  };
}
