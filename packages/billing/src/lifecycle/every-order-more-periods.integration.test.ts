import { describeEveryOrder } from '../../testing/every-order.ts'
import { kinds } from '../../testing/kinds.ts'

describeEveryOrder(kinds.filter((kind) => kind.paid === 'periods').slice(3))
