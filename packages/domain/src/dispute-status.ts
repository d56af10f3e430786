/** How the dispute of a payment stands. `inquiry`: a warning, no money is gone; `open`: the money is withheld. */
export type DisputeStatus = 'inquiry' | 'open' | 'won' | 'lost'
