import { expect, test } from 'vitest'
import { pages } from './pages.ts'

/** A list of Stripe's, and what it was asked for. */
function listOf(...all: { id: string }[][]) {
  const asked: (string | undefined)[] = []
  const list = async ({ starting_after: after }: { limit: number; starting_after?: string }) => {
    asked.push(after)
    const at = asked.length - 1
    return { data: all[at] ?? [], has_more: at < all.length - 1 }
  }
  return { asked, list }
}

test('page after page, each after the last of the one before', async () => {
  const { asked, list } = listOf([{ id: 'a' }, { id: 'b' }], [{ id: 'c' }])
  expect(await Array.fromAsync(pages(list, undefined))).toEqual([[{ id: 'a' }, { id: 'b' }], [{ id: 'c' }]])
  expect(asked).toEqual([undefined, 'b'])
})

test('an empty page is the last one, whatever Stripe says comes after it', async () => {
  const { asked, list } = listOf([], [{ id: 'never' }])
  expect(await Array.fromAsync(pages(list, undefined))).toEqual([[]])
  expect(asked).toEqual([undefined])
})

test('nothing is asked once whoever walks has been told to stop', async () => {
  const { asked, list } = listOf([{ id: 'a' }], [{ id: 'b' }])
  const stop = new AbortController()
  const walk = async () => {
    for await (const page of pages(list, stop.signal)) if (page.length > 0) stop.abort(new Error('enough'))
  }
  await expect(walk()).rejects.toThrow('enough')
  expect(asked).toEqual([undefined])
})
