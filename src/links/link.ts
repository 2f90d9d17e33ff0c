import { v5 as uuid } from 'uuid';
import type { Artifact, ArtifactReference } from '#domain/artifact.ts';
import type { ArtifactKind } from '#domain/event.ts';
import { httpAddress } from '#domain/text.ts';
import { isObject, type JsonObject, readPath, type Value } from '#domain/value.ts';
import type { LinkTokens } from './token.ts';

/** Namespace of artifact ids; any fixed UUID serves. */
const namespace = '0e2f2f57-6f0c-4b0e-9a53-7c1d2e3f4a5b';
/** How long links work where nothing else is asked for. */
const usualLifeMs = 30 * 86_400_000;

export type LinkOptions = {
  /** How long the link works; 30 days where not given. */
  readonly expiresMs?: number | undefined;
  /** `summary`: the summary that belongs to a transcript, instead of the transcript. */
  readonly text?: 'summary' | undefined;
};

export type LinkMaker = {
  readonly publicUrl: string;
  readonly tokens: LinkTokens;
  /** The kinds of reference that a source can open. */
  readonly opens: (source: string) => readonly ArtifactReference['kind'][];
  readonly now: () => Date;
};

/**
 * Our own link to a file of an event: it is signed, ends, and holds neither the platform's address nor a path. `target` is the `recording`,
 * `artifact`, `transcript` or `hls` of the facts, or one of the recording's files. Undefined for anything else, and when its source has
 * nothing that could be opened.
 */
export function artifactLink(
  maker: LinkMaker,
  facts: JsonObject,
  target: JsonObject,
  { expiresMs = usualLifeMs, text }: LinkOptions = {},
): { url: string; artifact: Artifact } | undefined {
  const source = readPath(facts, ['source', 'name']);
  const session = readPath(facts, ['session', 'id']);
  if (typeof source !== 'string') return undefined;
  const told = kindOf(facts, target);
  if (told === undefined || (text === 'summary' && told !== 'transcript')) return undefined;
  const kind = text ?? told;
  const found = text === undefined ? referencesOf(told, target, session) : transcription(target, text);
  const opens = maker.opens(source);
  const reference = found.find((each) => opens.includes(each.kind));
  if (reference === undefined) return undefined;
  const createdAt = maker.now();
  const expiresAt = new Date(createdAt.getTime() + expiresMs);
  const artifact: Artifact = {
    id: uuid(JSON.stringify([source, reference]), namespace),
    source,
    kind,
    reference,
    session: typeof session === 'string' ? `${source}/${session}` : '',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
  return { url: `${maker.publicUrl}/a/${maker.tokens.sign(artifact.id, expiresAt)}`, artifact };
}

const artifactKinds: readonly ArtifactKind[] = ['transcript', 'summary', 'analytics', 'images', 'other'];

function kindOf(facts: JsonObject, target: JsonObject): Artifact['kind'] | undefined {
  const { recording, artifact, transcript, hls } = facts;
  if (target === hls) return 'hls';
  if (target === transcript) return 'transcript';
  if (target === artifact) return artifactKinds.find((each) => each === target['kind']) ?? 'other';
  const files = isObject(recording) ? recording['files'] : undefined;
  const isFile = Array.isArray(files) && files.includes(target);
  return target === recording || isFile ? 'recording' : undefined;
}

/** What could find the file again, best first: an address or a path where there is one, then the platform's id. */
function referencesOf(
  kind: Artifact['kind'],
  target: JsonObject,
  session: Value | undefined,
): readonly ArtifactReference[] {
  const { url, path, id } = target;
  const address = typeof url === 'string' ? httpAddress(url) : undefined;
  const references: ArtifactReference[] = address === undefined ? [] : [{ kind: 'address', url: address }];
  if (typeof path === 'string') references.push({ kind: 'path', path });
  // Where a sender gives no id, the path stands for it.
  if (typeof id !== 'string' || id === path || kind === 'hls') return references;
  if (kind === 'recording') {
    references.push({ kind: 'recording', recordId: id });
    if (typeof session === 'string') references.push({ kind: 'file', fileId: id, sessionId: session });
    return references;
  }
  references.push({ kind: 'artifact', artifactId: id });
  return kind === 'transcript' || kind === 'summary'
    ? [...references, ...transcription(target, kind)]
    : references;
}

function transcription(target: JsonObject, text: 'transcript' | 'summary'): readonly ArtifactReference[] {
  const { id } = target;
  return typeof id === 'string' ? [{ kind: 'transcription', transcriptionId: id, text }] : [];
}
