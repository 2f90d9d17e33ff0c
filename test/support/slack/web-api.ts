import type { Answer } from '#test/faults.ts';
import type { ApiCall } from './arguments.ts';
import type { MethodContext } from './context.ts';
import { jsonAnswer, methodDialect } from './dialect.ts';
import { identity } from './identity.ts';
import { type Limiter, onePerSecond } from './limiter.ts';
import { findMethod, type Method, neededScope } from './methods.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import { asObject } from './shape.ts';

export type Credential = { isRevoked: boolean };

/** Runs one call and answers it as the Web API would; `limiter` is absent when limits are off. */
export function answerCall(
  name: string,
  call: ApiCall,
  context: MethodContext,
  credential: Credential,
  limiter: Limiter | undefined,
): Answer {
  const headers = { 'x-oauth-scopes': [...context.scopes].join(',') };
  try {
    const method = findMethod(name);
    checkToken(method, call, credential);
    checkScope(method, call, context);
    const waitS = limiter === undefined ? undefined : overLimit(name, method, call, limiter);
    if (waitS !== undefined) return methodDialect.rateLimited(waitS, 'user');
    return jsonAnswer(warned(method.run(call.args, context), call.warnings), 200, headers);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return jsonAnswer({ ok: false, error: error.code, ...error.details }, 200, headers);
  }
}

function checkToken(method: Method, { token }: ApiCall, credential: Credential): void {
  if (token === undefined) throw new Refusal('not_authed');
  const isBot = token === identity.token;
  if (!isBot && token !== identity.appToken) throw new Refusal('invalid_auth');
  if (isBot && credential.isRevoked) throw new Refusal('token_revoked');
  if (isBot !== (method.credential === 'bot')) throw new Refusal('not_allowed_token_type');
}

function checkScope(method: Method, call: ApiCall, context: MethodContext): void {
  const needed = neededScope(method, call.args, context.workspace);
  if (needed === undefined || context.scopes.has(needed)) return;
  throw new Refusal('missing_scope', { needed, provided: [...context.scopes].join(',') });
}

function overLimit(name: string, method: Method, call: ApiCall, limiter: Limiter): number | undefined {
  const channel = call.args['channel'];
  const ofChannel =
    name === 'chat.postMessage' && typeof channel === 'string'
      ? limiter.take(`channel ${channel}`, onePerSecond)
      : undefined;
  return ofChannel ?? limiter.take(`method ${name}`, method.rate);
}

function warned(result: JsonObject, warnings: readonly string[]): JsonObject {
  if (warnings.length === 0) return { ok: true, ...result };
  const metadata = asObject(result['response_metadata']) ?? {};
  const earlier = Array.isArray(metadata['warnings']) ? metadata['warnings'].map(String) : [];
  const all = [...earlier, ...warnings];
  return {
    ok: true,
    ...result,
    warning: all.join(','),
    response_metadata: { ...metadata, warnings: all },
  };
}
