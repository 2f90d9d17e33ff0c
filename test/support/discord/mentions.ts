import { z } from 'zod';
import { report, snowflake } from './checked.ts';

/** Who a message notifies. */
export type Pings = {
  readonly everyone: boolean;
  readonly users: readonly string[];
  readonly roles: readonly string[];
};

/** The `allowed_mentions` of a body; a type named both in `parse` and by a list is refused. */
export const allowedMentions = z
  .strictObject({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).optional(),
    users: z.array(snowflake).max(100).superRefine(refuseRepeated).optional(),
    roles: z.array(snowflake).max(100).superRefine(refuseRepeated).optional(),
    replied_user: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    for (const kind of ['users', 'roles'] as const) {
      if (value.parse?.includes(kind) && (value[kind]?.length ?? 0) > 0) {
        const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
        report(context, [], 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
      }
    }
  });

/** Lists of ids are sets to Discord. */
function refuseRepeated(ids: readonly string[], context: z.RefinementCtx): void {
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) < index) {
      report(
        context,
        [index],
        'SET_TYPE_ALREADY_CONTAINS_VALUE',
        `The set already contains the value "${id}".`,
      );
    }
  }
}

export type AllowedMentions = z.output<typeof allowedMentions>;

/** What counts when a body has no `allowed_mentions`. */
export const defaultMentions = {
  bot: { parse: ['users', 'roles', 'everyone'] },
  webhook: { parse: ['users'] },
  interaction: { parse: ['users'] },
} satisfies Record<string, AllowedMentions>;

/** Who `content` notifies: escapes do not help, since Discord looks for mentions in the unparsed text. */
export function pingsOf(content: string, allowed: AllowedMentions): Pings {
  const parse = allowed.parse ?? [];
  const named = (pattern: RegExp): string[] => [
    ...new Set([...content.matchAll(pattern)].flatMap((found) => found[1] ?? [])),
  ];
  const permitted = (ids: string[], kind: 'users' | 'roles'): string[] =>
    parse.includes(kind) ? ids : ids.filter((id) => allowed[kind]?.includes(id));
  return {
    everyone: parse.includes('everyone') && /@(?:everyone|here)/.test(content),
    users: permitted(named(/<@!?(\d+)>/g), 'users'),
    roles: permitted(named(/<@&(\d+)>/g), 'roles'),
  };
}
