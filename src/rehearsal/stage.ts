import type { Configuration } from '#engine/run.ts';
import { artifactLink } from '#links/link.ts';
import { LinkTokens } from '#links/token.ts';
import type { TemplateLibrary } from '#messages/library.ts';
import type { Rulebook } from '#rules/rulebook.ts';

/** Rules and templates as they were read. */
export type Loaded = { readonly rulebook: Rulebook; readonly library: TemplateLibrary };

/** A configuration for rehearsals: every destination works, every file has a link, and none of the links opens anything. */
export function stage({ rulebook, library }: Loaded): Configuration {
  const links = {
    publicUrl: 'https://callboard.example',
    tokens: new LinkTokens(['for rehearsals only']),
    opens: () => ['recording', 'artifact', 'address'] as const,
    now: () => new Date(0),
  };
  return {
    rulebook,
    library,
    lane: (name) => ({ lane: name }),
    artifactLink: (facts, target, options) => artifactLink(links, facts, target, options),
  };
}
