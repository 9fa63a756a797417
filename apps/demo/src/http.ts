/** One JSON request with a time limit. @throws with the method, the path and what was answered. */
export async function request<T = unknown>(
  base: string,
  method: string,
  path: string,
  options: { body?: unknown; text?: string; headers?: Record<string, string> } = {},
): Promise<T> {
  const headers = { ...options.headers };
  let body: string | undefined;
  if (options.text !== undefined) body = options.text;
  else if (options.body !== undefined) {
    body = JSON.stringify(options.body);
    headers['content-type'] = 'application/json';
  }
  const response = await fetch(`${base}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${answer.slice(0, 500)}`);
  return (answer === '' ? null : JSON.parse(answer)) as T;
}
