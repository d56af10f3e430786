/**
 * A license that was really signed, for the examples of the description: what they say of it can be checked with `publicKeyPem`, whose private
 * half was thrown away.
 */
export const exampleLicense = {
  licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
  text: [
    '-----BEGIN LICENSE-----',
    'ZDE5MjVmYmFkM2JiNTY0NjU5NTdkMjA4MTJkZTE5NWNiYjBjNWRhZDEwN2ZmYzYx',
    'N2U1MGY2ZTc2ODEwN2IzMwpleUoySWpveExDSnNhV05sYm5ObFNXUWlPaUpNTFRB',
    'eFNscFlNMFk1VkRWTk1sRTRWamRMTkU0MlVqQkNNVU5FSWl3aVozSnZkWEFpT2lK',
    'aFkyMWxJaXdpWlcxaGFXd2lPaUpoWkdGQVlXTnRaUzVsZUdGdGNHeGxJaXdpY0hK',
    'dlpIVmpkRXRsZVNJNkltTnZjbVVpTENKd2JHRnVJam9pWTI5eVpTSXNJbVJ2YldG',
    'cGJpSTZJaTVoWTIxbExtVjRZVzF3YkdVaUxDSnpaV0YwY3lJNk5Td2liR2xqWlc1',
    'elpWUjVjR1VpT2lKemRXSnpZM0pwY0hScGIyNGlMQ0pwYzNOMVpXUkJkQ0k2SWpJ',
    'd01qWXRNRE10TURGVU1EazZNekE2TURCYUlpd2laWGh3YVhKbGMwRjBJam9pTWpB',
    'eU55MHdNeTB3TVZRd09Ub3pNRG93TUZvaUxDSndjbWxqWlV4dlkydGxaQ0k2Wm1G',
    'c2MyVjkKSkFJc3RtZDVhVzRRWG80SjZpUXNDUHM5cEdVQ05NWWkxWkRRME8xUkUx',
    'cnUwRXoxZHdqc2s0NTRtcC9QaEJPWXRYL2l4TkV3VWJTMzdCT1BpSXluT1JydlJV',
    'ZjJwYkhOUXkzSUN6UVFkNjhmOU9QdC9MdGVnTU8raXdRNUJORmp4WU5ab2FhaGVE',
    'NnE2UnlMUjVhcTZmR3A5ZUZ4eHhOTTlid0lsMjdBNnJIekJoZTFESUpsaW5DZkN4',
    'ZHA0d2dXNkttSG9wdTloQ2o3T3FvVC9qVHozL2s3dW56eG1XK3ZLMzhTeGVlNEI0',
    'Tnp6ZjF0bHd0MysvY2hZS3BRTi9jZVJQSFNUY2xnUXpvTWF3SzZtZkhMUkV3WXpN',
    'MEczZnUwd3NGVHMxajJUQzFPZ09yc2hZMTJZd0dlSVZwWE0wWlhISHdjWXpkOUlV',
    'alVQZTV1TXdhTGV3PT0K',
    '-----END LICENSE-----',
    '',
  ].join('\n'),
  payloadB64:
    'eyJ2IjoxLCJsaWNlbnNlSWQiOiJMLTAxSlpYM0Y5VDVNMlE4VjdLNE42UjBCMUNEIiwiZ3JvdXAiOiJhY21lIiwiZW1haWwiOiJhZGFAYWNtZS5leGFtcGxlIiwicHJvZHVjdEtleSI6ImNvcmUiLCJwbGFuIjoiY29yZSIsImRvbWFpbiI6Ii5hY21lLmV4YW1wbGUiLCJzZWF0cyI6NSwibGljZW5zZVR5cGUiOiJzdWJzY3JpcHRpb24iLCJpc3N1ZWRBdCI6IjIwMjYtMDMtMDFUMDk6MzA6MDBaIiwiZXhwaXJlc0F0IjoiMjAyNy0wMy0wMVQwOTozMDowMFoiLCJwcmljZUxvY2tlZCI6ZmFsc2V9',
  signatureB64:
    'JAIstmd5aW4QXo4J6iQsCPs9pGUCNMYi1ZDQ0O1RE1ru0Ez1dwjsk454mp/PhBOYtX/ixNEwUbS37BOPiIynORrvRUf2pbHNQy3ICzQQd68f9OPt/LtegMO+iwQ5BNFjxYNZoaaheD6q6RyLR5aq6fGp9eFxxxNM9bwIl27A6rHzBhe1DIJlinCfCxdp4wgW6KmHopu9hCj7OqoT/jTz3/k7unzxmW+vK38Sxee4B4Nzzf1tlwt3+/chYKpQN/ceRPHSTclgQzoMawK6mfHLREwYzM0G3fu0wsFTs1j2TC1OgOrshY12YwGeIVpXM0ZXHHwcYzd9IUjUPe5uMwaLew==',
  keyId: 'd1925fbad3bb56465957d20812de195cbb0c5dad107ffc617e50f6e768107b33',
  publicKeyPem: [
    '-----BEGIN PUBLIC KEY-----',
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArNOMM5BLUeTRmUZxt5tQ',
    'O+VsTVkdnVbTSywUhnKxnG1QL+Co3EmqEKl/PzYBp9A8uyD4Q0OFJhaNTUk3b0Ji',
    'r4eKf7rBZKQg5Az6HJO5X6NySIp3Nfn7kaLszLrpg9slqgwBTz93LRsNlxZGzSNy',
    'YzqAbhSZGzI9OSYuWlsXnf4K0ApWLNoi9NhjgpOexiLR/Z1Yr4QDKNnmnJXN86SV',
    'K9D5InuBGNMXR20G3q0BHxbIJIZFHTgAcpmO7XARFboFCiVwFkJKbWe4ia96cExl',
    'm+aRcVPsKuBRhFc11UUn0Zj0PxOCSvPdtdDe+ayg2bz5Axa7QgfeQMKpW2IwkFcF',
    'OQIDAQAB',
    '-----END PUBLIC KEY-----',
    '',
  ].join('\n'),
} as const
