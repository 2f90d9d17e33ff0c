import { z } from 'zod';
import { parseArguments } from './arguments.ts';
import type { MethodContext } from './context.ts';
import { identity } from './identity.ts';
import { perMinute, type Rate } from './limiter.ts';
import { deleteMessage, postEphemeral, postMessage, updateMessage } from './posting.ts';
import { history, info, join, list, replies } from './reading.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import type { Workspace } from './workspace.ts';

export type Method = {
  readonly credential: 'bot' | 'app';
  /** The scope that is needed in public and in private channels. */
  readonly scopes?: { readonly public: string; readonly private: string };
  readonly rate: Rate;
  /** Answers what stands beside `ok: true`; throws a `Refusal`. */
  run(args: JsonObject, context: MethodContext): JsonObject;
};

const tier2 = perMinute(20);
const tier3 = perMinute(50);
const tier4 = perMinute(100);
const postsPerWorkspace = perMinute(300);

const write = { public: 'chat:write', private: 'chat:write' };
const read = { public: 'channels:read', private: 'groups:read' };
const readHistory = { public: 'channels:history', private: 'groups:history' };
const joinScope = { public: 'channels:join', private: 'channels:join' };

const methods: Readonly<Record<string, Method>> = {
  'auth.test': { credential: 'bot', rate: perMinute(600), run: testAuth },
  'apps.connections.open': {
    credential: 'app',
    rate: tier3,
    run: (_args, context) => ({ url: context.openSocketUrl() }),
  },
  'chat.postMessage': { credential: 'bot', scopes: write, rate: postsPerWorkspace, run: postMessage },
  'chat.postEphemeral': { credential: 'bot', scopes: write, rate: tier4, run: postEphemeral },
  'chat.update': { credential: 'bot', scopes: write, rate: tier3, run: updateMessage },
  'chat.delete': { credential: 'bot', scopes: write, rate: tier3, run: deleteMessage },
  'conversations.history': { credential: 'bot', scopes: readHistory, rate: tier3, run: history },
  'conversations.replies': { credential: 'bot', scopes: readHistory, rate: tier3, run: replies },
  'conversations.info': { credential: 'bot', scopes: read, rate: tier3, run: info },
  'conversations.list': { credential: 'bot', scopes: read, rate: tier2, run: list },
  'conversations.join': { credential: 'bot', scopes: joinScope, rate: tier3, run: join },
};

export function findMethod(name: string): Method {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) throw new Refusal('unknown_method', { req_method: name });
  return method;
}

const maybeChannel = z.object({ channel: z.string().optional(), types: z.string().optional() });

/** The scope this call needs; a list of private channels needs the private one. */
export function neededScope(method: Method, args: JsonObject, workspace: Workspace): string | undefined {
  const { channel, types } = parseArguments(maybeChannel, args);
  const isPrivate =
    workspace.channels.get(channel ?? '')?.isPrivate === true || types?.trim() === 'private_channel';
  return isPrivate ? method.scopes?.private : method.scopes?.public;
}

function testAuth(_args: JsonObject, context: MethodContext): JsonObject {
  return {
    url: `${context.url}/`,
    team: identity.teamName,
    user: 'callboard',
    team_id: identity.teamId,
    user_id: identity.botUserId,
    bot_id: identity.botId,
    is_enterprise_install: false,
  };
}
