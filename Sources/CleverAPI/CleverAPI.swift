// CleverAPI
