"""The pages: server-rendered, in English and Chinese, for candidates, anybody and staff. They work without JavaScript.

`door.answer(event)` is all a function needs. One page function per page in `pages/`, its facts from `views/`, its words from
`locales/`, its shape from `templates/`; which page is where, and who may see it, stands in `routes.py`.
"""
