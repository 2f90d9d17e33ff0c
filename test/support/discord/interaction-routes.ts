import type { Interactions } from './interactions.ts';
import { toApiMessage } from './message.ts';
import type { Call, Reply, Route } from './route.ts';

/** Routes that answer interactions; the token in the path is all the authorization there is. */
export function interactionRoutes(interactions: Interactions, applicationId: string): Route[] {
  const shown = (message: Parameters<typeof toApiMessage>[0]): Reply => ({
    status: 200,
    json: toApiMessage(message, applicationId),
  });
  const answer = (call: Call): Reply => {
    const id = call.param('interaction');
    interactions.answer(id, token(call), call.body());
    if (call.query.get('with_response') !== 'true') return { status: 204 };
    return { status: 200, json: { interaction: { id, type: 2 } } };
  };
  const onMessage = (verb: 'GET' | 'PATCH' | 'DELETE', message: '@original' | ':message'): Route => ({
    name: `${verb} /webhooks/:application/:token/messages/${message}`,
    auth: 'path',
    handle: (call) => {
      const id = message === '@original' ? message : call.param('message');
      if (verb === 'GET') return shown(interactions.message(token(call), id));
      if (verb === 'PATCH') return shown(interactions.edit(token(call), id, call.body()));
      interactions.delete(token(call), id);
      return { status: 204 };
    },
  });
  return [
    { name: 'POST /interactions/:interaction/:token/callback', auth: 'path', handle: answer },
    {
      name: 'POST /webhooks/:application/:token',
      auth: 'path',
      handle: (call) => shown(interactions.followUp(token(call), call.body())),
    },
    ...(['GET', 'PATCH', 'DELETE'] as const).flatMap((verb) => [
      onMessage(verb, '@original'),
      onMessage(verb, ':message'),
    ]),
  ];
}

function token(call: Call): string {
  return call.param('token');
}
