/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/page-text.h -- page.html with page.css and page.js in it, line by line; made by embed.sh.
 */
#ifndef DIFF_REPORT_PAGE_TEXT_H
#define DIFF_REPORT_PAGE_TEXT_H

extern const char *const page_text[]; /* ended by NULL; the line "@data@" stands for the data */

#endif
