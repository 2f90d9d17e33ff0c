import type { ArtifactKind, Instant } from './event.ts';

/** How the platform finds the file again. Never shown to a reader. */
export type ArtifactReference =
  | { readonly kind: 'recording'; readonly recordId: string }
  | { readonly kind: 'artifact'; readonly artifactId: string }
  | { readonly kind: 'address'; readonly url: string };

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
};

/** What a platform says when a reader clicks. */
export type Opened =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'gone'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string };
