// As much of a browser as signing in takes: cookies, one form, and redirects as far as the client's own address.
export function visitor(email, password, callback) {
  const cookies = new Map();
  const request = async (address, options = {}) => {
    const answer = await fetch(address, { redirect: 'manual', ...options, headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; '), ...options.headers } });
    for (const line of answer.headers.getSetCookie()) cookies.set(...line.split(';')[0].split(/=(.*)/s));
    return answer;
  };
  const follow = async (answer, from) => {
    while (answer.status === 302) {
      from = new URL(answer.headers.get('location'), from);
      if (from.href.startsWith(callback)) return from;
      answer = await request(from);
    }
    const html = (await answer.text()).replaceAll('&amp;', '&');
    const hidden = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [name, value.replaceAll('&#x2B;', '+')]);
    const to = new URL(html.match(/<form method="post" action="([^"]*)"/)[1], from);
    return follow(await request(to, { method: 'POST', body: new URLSearchParams([...hidden, ['email', email], ['password', password]]) }), to);
  };
  return async (address) => follow(await request(address), address);
}
