import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that may wait on one connection while another is answered. No browser and no HTTP library of today sends any. */
const MAX_WAITING = 16
/** What a client may send beyond that before its connection is cut. Less than fits into one read of 64 KiB. */
const MAX_DROPPED = 500

interface Line {
  busy: boolean
  readonly waiting: [IncomingMessage, ServerResponse][]
  dropped: number
}

/** The requests of each connection, one after another. */
export interface Turns {
  readonly listener: RequestListener
  /** True while nothing is asked on the connection. */
  isIdle(socket: Socket): boolean
}

/**
 * Answers pipelined requests one at a time: the next is looked at once the answer before it has left. Node hands over all of them at once, so a
 * client that sends a thousand and reads nothing would have a thousand answers made and kept in memory. Those beyond `MAX_WAITING` are not
 * answered: the last answer closes the connection, and the client asks again (RFC 9112 9.3.2).
 */
export function inTurn(listener: RequestListener): Turns {
  const lines = new WeakMap<Socket, Line>()
  const run = (line: Line, request: IncomingMessage, response: ServerResponse) => {
    line.busy = true
    response.once('close', () => {
      line.busy = false
      const next = line.waiting.shift()
      if (next !== undefined && !request.socket.destroyed) run(line, ...next)
    })
    if (line.dropped > 0 && line.waiting.length === 0) response.setHeader('Connection', 'close')
    listener(request, response)
  }
  return {
    listener(request, response) {
      const { socket } = request
      const line = lines.get(socket) ?? { busy: false, waiting: [], dropped: 0 }
      lines.set(socket, line)
      if (!line.busy && line.dropped === 0) run(line, request, response)
      else if (line.waiting.length < MAX_WAITING && line.dropped === 0) line.waiting.push([request, response])
      else {
        line.dropped += 1
        if (line.dropped > MAX_DROPPED) socket.destroy()
        // Nothing of what follows will be answered.
        else socket.pause()
      }
    },
    isIdle: (socket) => lines.get(socket)?.busy !== true,
  }
}
