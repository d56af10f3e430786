/** The License Operator as a storefront asks it. */

/** Whom the shop has logged in: `{apiUrl, group, token, email}`. A real shop has this from its identity service. */
export const session = await (await fetch('/session.json')).json()

document.querySelector('#who').textContent = `${session.email} buys for ${session.group}`

/**
 * Asks the API.
 *
 * @param {string} path  below /authlance/license/
 * @param {object} [body]  makes it a POST
 * @returns {Promise<Response>}
 * @throws {Refused}
 */
export async function ask(path, body) {
  const answer = await fetch(`${session.apiUrl}/authlance/license/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${session.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Refused(await answer.json())
  return answer
}

/** An answer that is no success; `code` is from the API's closed list. */
export class Refused extends Error {
  constructor({ error, code }) {
    super(error)
    this.code = code
  }
}

/** Shows what went wrong, or nothing. */
export function showProblem(error) {
  const place = document.querySelector('#problem')
  place.hidden = error === undefined
  place.textContent = error === undefined ? '' : error.message
}
