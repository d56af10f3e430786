import { describeEveryOrder } from './every-order.ts'
import { kinds } from './kinds.ts'

describeEveryOrder(kinds.filter((kind) => kind.paid === 'periods').slice(3))
