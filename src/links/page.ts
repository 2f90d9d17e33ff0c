/** A plain page for a reader. Never cached, never framed, loads nothing. */
export type Page = { readonly status: number; readonly html: string };

/** Both texts are ours: no value from outside may be handed in. */
export function page(status: number, title: string, text: string): Page {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
  h1 { font-size: 1.4rem; }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
  return { status, html };
}
