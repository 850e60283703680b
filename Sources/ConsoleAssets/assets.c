// The console's templates, style, script and icon, linked into the program byte by byte (C23, 6.10.4 #embed).
#include "ConsoleAssets.h"

static const unsigned char console_agents_mustache[] = {
#embed "Assets/agents.mustache"
};
static const unsigned char console_change_item_mustache[] = {
#embed "Assets/change-item.mustache"
};
static const unsigned char console_change_mustache[] = {
#embed "Assets/change.mustache"
};
static const unsigned char console_changes_mustache[] = {
#embed "Assets/changes.mustache"
};
static const unsigned char console_console_css[] = {
#embed "Assets/console.css"
};
static const unsigned char console_console_js[] = {
#embed "Assets/console.js"
};
static const unsigned char console_continue_mustache[] = {
#embed "Assets/continue.mustache"
};
static const unsigned char console_enrol_mustache[] = {
#embed "Assets/enrol.mustache"
};
static const unsigned char console_error_mustache[] = {
#embed "Assets/error.mustache"
};
static const unsigned char console_freezes_mustache[] = {
#embed "Assets/freezes.mustache"
};
static const unsigned char console_icon_svg[] = {
#embed "Assets/icon.svg"
};
static const unsigned char console_inbox_mustache[] = {
#embed "Assets/inbox.mustache"
};
static const unsigned char console_layout_mustache[] = {
#embed "Assets/layout.mustache"
};
static const unsigned char console_overview_mustache[] = {
#embed "Assets/overview.mustache"
};
static const unsigned char console_policy_mustache[] = {
#embed "Assets/policy.mustache"
};
static const unsigned char console_difference_mustache[] = {
#embed "Assets/difference.mustache"
};
static const unsigned char console_people_mustache[] = {
#embed "Assets/people.mustache"
};
static const unsigned char console_queue_item_mustache[] = {
#embed "Assets/queue-item.mustache"
};
static const unsigned char console_request_mustache[] = {
#embed "Assets/request.mustache"
};
static const unsigned char console_requests_mustache[] = {
#embed "Assets/requests.mustache"
};
static const unsigned char console_rows_mustache[] = {
#embed "Assets/rows.mustache"
};
static const unsigned char console_server_forms_mustache[] = {
#embed "Assets/server-forms.mustache"
};
static const unsigned char console_server_target_mustache[] = {
#embed "Assets/server-target.mustache"
};
static const unsigned char console_servers_mustache[] = {
#embed "Assets/servers.mustache"
};
static const unsigned char console_sign_in_mustache[] = {
#embed "Assets/sign-in.mustache"
};
static const unsigned char console_tools_mustache[] = {
#embed "Assets/tools.mustache"
};

static const struct console_asset assets[] = {
    {"agents.mustache", console_agents_mustache, sizeof console_agents_mustache},
    {"change-item.mustache", console_change_item_mustache, sizeof console_change_item_mustache},
    {"change.mustache", console_change_mustache, sizeof console_change_mustache},
    {"changes.mustache", console_changes_mustache, sizeof console_changes_mustache},
    {"console.css", console_console_css, sizeof console_console_css},
    {"console.js", console_console_js, sizeof console_console_js},
    {"continue.mustache", console_continue_mustache, sizeof console_continue_mustache},
    {"enrol.mustache", console_enrol_mustache, sizeof console_enrol_mustache},
    {"error.mustache", console_error_mustache, sizeof console_error_mustache},
    {"freezes.mustache", console_freezes_mustache, sizeof console_freezes_mustache},
    {"icon.svg", console_icon_svg, sizeof console_icon_svg},
    {"inbox.mustache", console_inbox_mustache, sizeof console_inbox_mustache},
    {"layout.mustache", console_layout_mustache, sizeof console_layout_mustache},
    {"overview.mustache", console_overview_mustache, sizeof console_overview_mustache},
    {"policy.mustache", console_policy_mustache, sizeof console_policy_mustache},
    {"difference.mustache", console_difference_mustache, sizeof console_difference_mustache},
    {"people.mustache", console_people_mustache, sizeof console_people_mustache},
    {"queue-item.mustache", console_queue_item_mustache, sizeof console_queue_item_mustache},
    {"request.mustache", console_request_mustache, sizeof console_request_mustache},
    {"requests.mustache", console_requests_mustache, sizeof console_requests_mustache},
    {"rows.mustache", console_rows_mustache, sizeof console_rows_mustache},
    {"server-forms.mustache", console_server_forms_mustache, sizeof console_server_forms_mustache},
    {"server-target.mustache", console_server_target_mustache, sizeof console_server_target_mustache},
    {"servers.mustache", console_servers_mustache, sizeof console_servers_mustache},
    {"sign-in.mustache", console_sign_in_mustache, sizeof console_sign_in_mustache},
    {"tools.mustache", console_tools_mustache, sizeof console_tools_mustache},
};

unsigned long console_asset_count(void) { return sizeof assets / sizeof assets[0]; }

struct console_asset console_asset_at(unsigned long index) {
    if (index >= console_asset_count()) return (struct console_asset){"", (const unsigned char *)"", 0};
    return assets[index];
}
