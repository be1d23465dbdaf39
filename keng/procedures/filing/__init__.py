"""Filing: drafts, their files, and the steps from the first page to the code of a dossier.

For every face: the *my* pages (`views`) and the counter's (assisted filing) use the same parts, none of which knows where it is shown.

- `drafts`: `start`, `open_draft`, `save`, `submit`, `delete`, `forget_old`. A draft begun with `filed_by=officer, office=, channel=COUNTER`
  is the officer's, for `citizen`; everything else is the same.
- `files`: `store`, `plain`, `use_again`, `take_away`, `by_field`; `kinds` says what is taken and why not.
- `steps.of(draft)`: the steps (the commune first, the form's pages, the last look); `steps.read`, `steps.answers_of`.
- `pages.step(request, draft, number, addresses=)`, `pages.review(…)`: render and handle one step for whoever has been let in, given
  `Addresses` (functions that make the addresses of this face), and answer by redirect or a page that extends `addresses.base`.
"""
