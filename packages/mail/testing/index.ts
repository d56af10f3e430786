export { aCertificate } from './a-certificate.ts'
export { type AnSmtpServer, anSmtpServer, type Behaviour, type ReceivedMail } from './an-smtp-server.ts'
