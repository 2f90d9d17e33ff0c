import type { ArtifactKind, Instant } from './event.ts';

/** How the platform finds the file again. Never shown to a reader. */
export type ArtifactReference =
  | { readonly kind: 'recording'; readonly recordId: string }
  | { readonly kind: 'artifact'; readonly artifactId: string }
  | { readonly kind: 'address'; readonly url: string }
  /** In a storage whose address is a setting of the source. */
  | { readonly kind: 'path'; readonly path: string }
  /** Known by an id of its own or by that of its recording, among the files of a session of the platform. */
  | { readonly kind: 'file'; readonly fileId: string; readonly sessionId: string }
  /** One of the two texts that a transcription makes. */
  | {
      readonly kind: 'transcription';
      readonly transcriptionId: string;
      readonly text: 'transcript' | 'summary';
    };

/** That links to a file open it no more, and what an operator gave as the reason. */
export type Revocation = { readonly at: Instant; readonly because: string };

/** A file that a meeting left behind and a link of ours points to. */
export type Artifact = {
  /** Same file, same id: derived from source and reference. */
  readonly id: string;
  readonly source: string;
  readonly kind: ArtifactKind | 'recording' | 'hls';
  readonly reference: ArtifactReference;
  readonly session: string;
  readonly createdAt: Instant;
  /** When the last link to it ends. */
  readonly expiresAt: Instant;
  /** Only on a file whose links were revoked. */
  readonly revocation?: Revocation;
};

/**
 * What a platform says when a reader clicks. `gone`: the file is not there any more. `ended`: only an address for a limited time was ever
 * told. `pending`: the file is still being made. `unavailable`: nobody can tell now. Reasons hold no secret and are for operators.
 */
export type Opened =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'gone' | 'ended' | 'pending' | 'unavailable'; readonly reason: string };

/** A reader's click on a link to a known file, and what came of it. */
export type LinkClick = {
  readonly artifactId: string;
  readonly at: Instant;
  readonly outcome: Opened['kind'] | 'expired' | 'revoked';
  /** Where it did not open. */
  readonly reason?: string;
  readonly userAgent: string;
  /** A keyed hash of the address the click came from, where it is known: the same for the same reader. */
  readonly reader?: string;
};
