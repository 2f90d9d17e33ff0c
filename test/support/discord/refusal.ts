/** One leaf of the tree that tells which part of a body is wrong. */
export type Problem = {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
};

/** An answer other than 2xx; `code` is Discord's JSON error code, 0 where it has none. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;
  readonly problems: readonly Problem[];

  constructor(status: number, code: number, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }

  /** The body as Discord words it. */
  toJSON(): object {
    const errors = this.problems.length === 0 ? {} : { errors: treeOf(this.problems) };
    return { message: this.message, code: this.code, ...errors };
  }
}

type Tree = { _errors?: { code: string; message: string }[]; [key: string]: unknown };

function treeOf(problems: readonly Problem[]): Tree {
  const root: Tree = {};
  for (const { path, code, message } of problems) {
    let node = root;
    for (const key of path) node = childOf(node, String(key));
    node._errors = [...(node._errors ?? []), { code, message }];
  }
  return root;
}

function childOf(node: Tree, key: string): Tree {
  const existing = node[key];
  if (isTree(existing)) return existing;
  const child: Tree = {};
  node[key] = child;
  return child;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** A body with wrong fields. */
export function invalidBody(problems: readonly Problem[]): Refusal {
  return new Refusal(400, 50035, 'Invalid Form Body', problems);
}

/** Refusals that several routes share, by the name of their cause. */
export const refusals = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  notFound: () => new Refusal(404, 0, '404: Not Found'),
  methodNotAllowed: () => new Refusal(405, 0, '405: Method Not Allowed'),
  blockedUserAgent: () => new Refusal(403, 40333, 'internal network error'),
  invalidApiVersion: () => new Refusal(400, 50041, 'Invalid API version'),
  invalidJson: () => new Refusal(400, 50109, 'The request body contains invalid JSON.'),
  tooLarge: () => new Refusal(413, 40005, 'Request entity too large'),
  unknownChannel: () => new Refusal(404, 10003, 'Unknown Channel'),
  unknownMessage: () => new Refusal(404, 10008, 'Unknown Message'),
  unknownWebhook: () => new Refusal(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10062, 'Unknown interaction'),
  forumNeedsPost: () => new Refusal(400, 40058, 'Cannot send a message in a forum channel'),
  alreadyAcknowledged: () => new Refusal(400, 40060, 'Interaction has already been acknowledged.'),
  tagRequired: () => new Refusal(400, 40067, 'A tag is required to create a forum post in this channel'),
  missingAccess: () => new Refusal(403, 50001, 'Missing Access'),
  othersMessage: () => new Refusal(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new Refusal(400, 50006, 'Cannot send an empty message'),
  missingPermissions: () => new Refusal(403, 50013, 'Missing Permissions'),
  wrongChannelType: () => new Refusal(400, 50024, 'Cannot execute action on this channel type'),
  invalidWebhookToken: () => new Refusal(401, 50027, 'Invalid Webhook Token'),
  threadArchived: () => new Refusal(400, 50083, 'Thread is archived'),
  threadExists: () => new Refusal(400, 160004, 'A thread has already been created for this message'),
  threadLocked: () => new Refusal(400, 160005, 'Thread is locked'),
  threadNameMissing: () =>
    new Refusal(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id'),
  threadNameTwice: () =>
    new Refusal(
      400,
      220002,
      'Webhooks posted to forum channels cannot have both a thread_name and thread_id',
    ),
  threadNameOutsideForum: () =>
    new Refusal(400, 220003, 'Webhooks can only create threads in forum channels'),
};
