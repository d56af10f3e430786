import { z } from 'zod'
import { ErrorBody } from './openapi.ts'

/** A 409 of product administration. `seat_limit_exceeded` carries the numbers that dashboards print; other conflicts don't. */
export const SeatLimitBody = ErrorBody.extend({
  message: z.string().optional().meta({ description: 'Sentence for people, when `error` is seat_limit_exceeded' }),
  required: z.int().optional().meta({ description: 'Active products after the change' }),
  seatLimit: z.int().optional().meta({ description: 'Seats of the operator license' }),
}).meta({ id: 'SeatLimitError' })
