import type { State } from '#domain/message.ts';

/** How a state looks: its word, its glyph on Slack and its colour (0xRRGGBB) on Discord. Both repeat the word, neither replaces it. */
export type StateStyle = { readonly word: string; readonly glyph: string; readonly colour: number };

/** Every colour keeps a contrast of at least 3:1 on white and on both dark themes of Discord. */
export const stateStyles: Readonly<Record<State, StateStyle>> = {
  live: { word: 'Live', glyph: '🟢', colour: 0x2e9e5b },
  attention: { word: 'VIP', glyph: '⭐', colour: 0x8f6be8 },
  ready: { word: 'Ready', glyph: '🎬', colour: 0x3f8fd9 },
  warning: { word: 'Late', glyph: '⚠️', colour: 0xc08318 },
  failed: { word: 'Missing', glyph: '🔴', colour: 0xe0524d },
  ended: { word: 'Ended', glyph: '⚪', colour: 0x8a8f98 },
};
