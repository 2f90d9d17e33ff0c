import type { Artifact, LinkClick } from '#domain/artifact.ts';
import type { ListedArtifact, RevokedArtifacts, Store } from '#store/store.ts';
import type { LinkTokens } from './token.ts';

/** Which links an operator wants to end: one as it was written (a link, its token, or the id of its file), those of a session, or all. */
export type LinkTarget = { readonly link: string } | { readonly session: string } | 'all';

export type RevokeOrder = { readonly target: LinkTarget; readonly because: string };

/** `revoked`: how many files were not revoked before. */
export type RevokeResult =
  | { readonly kind: 'done'; readonly revoked: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A file with links, as operators see it: neither its address nor its path is told. */
export type ListedLink = Omit<Artifact, 'reference'> & {
  readonly clickCount: number;
  /** Newest first. */
  readonly clicks: readonly Omit<LinkClick, 'artifactId'>[];
};

export type LinkControlOptions = {
  readonly store: Pick<Store, 'findArtifact' | 'listArtifacts' | 'revokeArtifacts'>;
  readonly tokens: LinkTokens;
  readonly now: () => Date;
};

/** Of each file the list shows this many clicks. */
const shownClicks = 20;

/** Lets operators see and end links to files. */
export class LinkControl {
  readonly #options: LinkControlOptions;

  constructor(options: LinkControlOptions) {
    this.#options = options;
  }

  /** Files that were linked to since then, newest first. */
  async list(filter: {
    since: Date;
    session?: string | undefined;
    limit: number;
  }): Promise<readonly ListedLink[]> {
    const listed = await this.#options.store.listArtifacts({ ...filter, clicks: shownClicks });
    return listed.map(toListedLink);
  }

  /** Ends all links to the files that are meant, for good: those that are posted later do not open either. */
  async revoke({ target, because }: RevokeOrder): Promise<RevokeResult> {
    const { store, now } = this.#options;
    const which = await this.#filesOf(target);
    if (which === undefined)
      return { kind: 'unknown', reason: 'it is no link of ours to a file that we know' };
    const at = now().toISOString();
    return { kind: 'done', revoked: await store.revokeArtifacts(which, { at, because }) };
  }

  async #filesOf(target: LinkTarget): Promise<RevokedArtifacts | undefined> {
    if (target === 'all' || 'session' in target) return target;
    const text = target.link.trim();
    const token = /\/a\/([\w.-]+)/.exec(text)?.[1] ?? text;
    const read = this.#options.tokens.read(token, this.#options.now());
    const id = read.kind === 'forged' ? text : read.artifactId;
    return (await this.#options.store.findArtifact(id)) === undefined ? undefined : { id };
  }
}

function toListedLink({ artifact, clickCount, clicks }: ListedArtifact): ListedLink {
  const { id, source, kind, session, createdAt, expiresAt, revocation } = artifact;
  return {
    id,
    source,
    kind,
    session,
    createdAt,
    expiresAt,
    ...(revocation && { revocation }),
    clickCount,
    clicks: clicks.map(({ at, outcome, reason, userAgent, reader }) => ({
      at,
      outcome,
      ...(reason && { reason }),
      userAgent,
      ...(reader && { reader }),
    })),
  };
}
