/** The page when it was opened without the address that `postern serve` printed. */
export function NoToken() {
  return (
    <main className="empty-state whole" data-testid="no-token">
      <h1>Open the address that Postern printed</h1>
      <p>This page works only with the token that Postern makes at each start. It is part of the address in the terminal where Postern runs:</p>
      <pre className="example">http://127.0.0.1:…/#token=…</pre>
      <p>
        Nothing runs? Start it with <code>npm start</code> or <code>postern serve</code>; it opens the right address by itself.
      </p>
    </main>
  );
}
