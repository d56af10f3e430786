import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** What the server does with one message; by default it takes it. */
export type Behaviour =
  | 'take'
  /** 550 to the recipient, whom it names. */
  | 'refuse recipient'
  /** 554 to the message. */
  | 'refuse message'
  /** 554 to the recipient, whom it names: it forwards nothing for us. */
  | 'refuse relay'
  /** 451 to the recipient. */
  | 'later'
  /** Says nothing to the recipient for ever. */
  | 'mute'
  /** Reads the message and says nothing for ever. */
  | 'hang'
  /** Takes the message, and says so only after three seconds. */
  | 'slow'
  /** Cuts the connection when it hears the sender. */
  | 'close early'
  /** Has all of the message, keeps it, and cuts the connection instead of saying so. */
  | 'take and close'

export interface ReceivedMail {
  readonly to: string
  readonly messageId: string
  readonly raw: string
}

export interface AnSmtpServer {
  readonly port: number
  /** What it took, in its order. */
  readonly received: ReceivedMail[]
  /** Sessions that came so far. */
  readonly sessions: () => number
  stop(): Promise<void>
}

/**
 * A real SMTP server on this machine.
 *
 * @param behave  asked for each message, by its recipient
 */
export async function anSmtpServer(
  behave: (recipient: string) => Behaviour = () => 'take',
  options: SMTPServerOptions & { port?: number } = {},
): Promise<AnSmtpServer> {
  const received: ReceivedMail[] = []
  const behaviours = new Map<string, Behaviour>()
  let sessions = 0
  const refused = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onConnect: (_session, done) => {
      sessions += 1
      done()
    },
    onRcptTo: ({ address }, session, done) => {
      const behaviour = behave(address)
      behaviours.set(session.id, behaviour)
      if (behaviour === 'refuse recipient') done(refused(550, `5.1.1 <${address}>: no such mailbox`))
      else if (behaviour === 'refuse relay') done(refused(554, `5.7.1 <${address}>: Relay access denied`))
      else if (behaviour === 'later') done(refused(451, '4.7.1 try again later'))
      else if (behaviour === 'close early') cut(server, session.id)
      else if (behaviour !== 'mute') done()
    },
    onData: (stream, session, done) => {
      void buffer(stream).then((bytes) => {
        const raw = bytes.toString('utf8')
        const behaviour = behaviours.get(session.id)
        if (behaviour === 'hang') return
        if (behaviour === 'refuse message') return done(refused(554, '5.7.1 policy'))
        const to = session.envelope.rcptTo[0]?.address ?? ''
        received.push({ to, messageId: /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim() ?? '', raw })
        if (behaviour === 'take and close') cut(server, session.id)
        else setTimeout(() => done(null), behaviour === 'slow' ? 3000 : 0)
      })
    },
    ...options,
  })
  // A client that leaves in the middle is what the tests are about.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    sessions: () => sessions,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function cut(server: SMTPServer, sessionId: string): void {
  for (const connection of server.connections) if (connection.session.id === sessionId) connection._socket.destroy()
}
