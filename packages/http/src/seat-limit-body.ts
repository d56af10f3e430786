import { z } from 'zod'
import { ErrorBody } from './openapi.ts'

/** A 409 of product administration. `seat_limit_exceeded` carries the numbers that dashboards print; other conflicts don't. */
export const SeatLimitBody = ErrorBody.extend({
  message: z.string().optional().meta({ description: 'Sentence for people, when `error` is seat_limit_exceeded' }),
  required: z.int().optional().meta({ description: 'Active products after the change' }),
  seatLimit: z.int().optional().meta({ description: 'Seats of the operator license' }),
}).meta({
  id: 'SeatLimitError',
  examples: [
    {
      error: 'seat_limit_exceeded',
      message: '4 active products need 4 seats; the operator license has 3',
      required: 4,
      seatLimit: 3,
      code: 'seat_limit_exceeded',
      requestId: '0f6e3c1c-7a55-4c0e-9b5b-6c1f0d2a9e11',
    },
  ],
})
