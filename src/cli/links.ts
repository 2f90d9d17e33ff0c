import { z } from 'zod';

type Ask = (path: string, body?: object) => Promise<{ readonly status: number; readonly json: unknown }>;

type Common = {
  readonly format: 'text' | 'json';
  /** Asks the admin API of the running service. Rejects with an error for people when none runs. */
  readonly ask: Ask;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

export type ListLinksOptions = Common & {
  /** As written: a duration; all where not given. */
  readonly since?: string | undefined;
  readonly session?: string | undefined;
  readonly durationMs: (text: string) => number | undefined;
  readonly now: () => Date;
};

export type RevokeLinksOptions = Common & {
  /** A link, its token or the id of its file. */
  readonly link?: string | undefined;
  /** Key of a session: `SOURCE/ID`. */
  readonly session?: string | undefined;
  readonly isAll: boolean;
  readonly because?: string | undefined;
};

const clickSchema = z.object({
  at: z.string(),
  outcome: z.string(),
  reason: z.string().optional(),
  userAgent: z.string(),
  reader: z.string().optional(),
});
const listSchema = z.object({
  links: z.array(
    z.object({
      id: z.string(),
      source: z.string(),
      kind: z.string(),
      session: z.string(),
      createdAt: z.string(),
      expiresAt: z.string(),
      revocation: z.object({ at: z.string(), because: z.string() }).optional(),
      clickCount: z.int(),
      clicks: z.array(clickSchema),
    }),
  ),
});
const revokedSchema = z.object({ revoked: z.int() });
const errorSchema = z.object({ error: z.string() });

const mostLinks = 1000;

/** `callboard links list`: files that messages link to and who opened them. Exit code 0; 1 when the service refuses, 2 for wrong use. */
export async function listLinks(options: ListLinksOptions): Promise<number> {
  const { since, session, durationMs, now, format, ask, write, complain } = options;
  const ms = since === undefined ? undefined : durationMs(since);
  if (since !== undefined && ms === undefined) {
    complain(`--since ${since}: write a duration such as 12h or 7d\n`);
    return 2;
  }
  const query = new URLSearchParams({
    limit: String(mostLinks),
    ...(ms !== undefined && { since: new Date(now().getTime() - ms).toISOString() }),
    ...(session !== undefined && { session }),
  });
  const answer = await ask(`/admin/links?${query.toString()}`);
  const listed = listSchema.safeParse(answer.json);
  if (answer.status !== 200 || !listed.success) return refused(answer, complain);
  const { links } = listed.data;
  if (format === 'json') write(`${JSON.stringify(links, null, 2)}\n`);
  else write(links.length === 0 ? 'no links\n' : `${links.map(describe).join('\n')}\n`);
  return 0;
}

/** `callboard links revoke`: ends links for good. Exit code 0 when some file was revoked, 1 when none was, 2 for wrong use. */
export async function revokeLinks(options: RevokeLinksOptions): Promise<number> {
  const { link, session, isAll, because, format, ask, write, complain } = options;
  const given = [link !== undefined, session !== undefined, isAll].filter(Boolean).length;
  if (given !== 1) {
    complain('name one thing to revoke: a link, its token or the id of its file; --session KEY; or --all\n');
    return 2;
  }
  if (because === undefined || because.trim() === '') {
    complain('say why, for those who ask later: --because "…"\n');
    return 2;
  }
  const target = isAll ? { all: true } : session === undefined ? { link } : { session };
  const answer = await ask('/admin/links/revoke', { ...target, because });
  const result = revokedSchema.safeParse(answer.json);
  if (answer.status !== 200 || !result.success) return refused(answer, complain);
  const { revoked } = result.data;
  if (format === 'json') write(`${JSON.stringify(result.data)}\n`);
  else if (revoked === 0) write('nothing was changed: there is no such link, or it was revoked before\n');
  else write(`${revoked === 1 ? '1 file is' : `${revoked} files are`} no longer opened by any link\n`);
  return revoked === 0 ? 1 : 0;
}

function refused(answer: { status: number; json: unknown }, complain: Common['complain']): number {
  const told = errorSchema.safeParse(answer.json);
  complain(`${told.success ? told.data.error : `the service answered ${answer.status}`}\n`);
  return 1;
}

type Link = z.infer<typeof listSchema>['links'][number];

function describe(link: Link): string {
  const { id, kind, source, session, createdAt, expiresAt, revocation, clickCount, clicks } = link;
  const ends =
    revocation === undefined ? `works until ${expiresAt}` : `revoked ${revocation.at}: ${revocation.because}`;
  const older = clickCount - clicks.length;
  return [
    `${id}  ${kind} of ${session === '' ? source : session}`,
    `  linked ${createdAt}, ${ends}`,
    `  opened ${clickCount === 1 ? 'once' : `${clickCount} times`}`,
    ...clicks.map(({ at, outcome, reason, userAgent, reader }) => {
      const why = reason === undefined ? '' : ` (${reason})`;
      return `    ${at}  ${outcome}${why}  ${reader ?? '-'}  ${userAgent === '' ? '-' : userAgent}`;
    }),
    ...(older > 0 ? [`    and ${older} before`] : []),
  ].join('\n');
}
